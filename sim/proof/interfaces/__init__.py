"""What stands between the ports of a design and its core, by interface."""
