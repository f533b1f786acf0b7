"""A comparative study of convolutional networks whose report cannot say more than its results."""
