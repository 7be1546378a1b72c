"""Training of logic gate networks with learned connections.

Importing this package, its configuration or its data sets does not load torch.
"""
