"""A search over architectures and recipes: accuracy against cost."""
