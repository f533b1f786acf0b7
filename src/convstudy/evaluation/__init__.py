"""What trained networks do: predictions, activations, and checks of the custom layers."""
