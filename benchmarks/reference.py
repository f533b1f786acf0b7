"""The training loop that the published study has, and nearly every course.

Images as torchvision's data sets hand them out (PIL, transformed one by one), DataLoader, NCHW
float32, Adam as it comes, `.item()` every step. Ours is timed against it.
"""

from collections.abc import Iterable

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from convstudy.models.dropout import Dropout


class Images(Dataset):
    """uint8 (N, H, W) or (N, H, W, 3) in memory, as torchvision's MNIST and CIFAR10 keep them."""

    def __init__(self, images: np.ndarray, labels: np.ndarray, mean: list, std: list) -> None:
        self.images, self.labels = images, labels
        self.transform = transforms.Compose(
            [transforms.ToTensor(), transforms.Normalize(mean, std)]
        )

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int):
        return self.transform(Image.fromarray(self.images[index])), int(self.labels[index])


def as_published(model: nn.Module) -> nn.Module:
    """The same network with PyTorch's own layers, in the order that everybody writes, in place."""
    for module in list(model.modules()):
        for name, child in module.named_children():
            if isinstance(child, Dropout):
                setattr(module, name, nn.Dropout(child.p))
            if isinstance(child, nn.ReLU):
                child.inplace = False
        if isinstance(module, nn.Sequential):
            for place in range(len(module) - 1):
                if isinstance(module[place], nn.MaxPool2d) and isinstance(
                    module[place + 1], nn.ReLU
                ):
                    module[place], module[place + 1] = module[place + 1], module[place]
    return model


def train_epoch(
    model: nn.Module,
    data: Images,
    optimizer: torch.optim.Optimizer,
    batch_size: int,
    order: Iterable[int] | None = None,
    device: str = "cpu",
) -> float:
    """One epoch, shuffled or in a given `order`; returns the mean loss."""
    loader = DataLoader(data, batch_size, shuffle=order is None, sampler=order)
    criterion = nn.CrossEntropyLoss()
    model.train()
    running_loss, correct, total = 0.0, 0, 0
    for images, labels in loader:
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        outputs = model(images)
        loss = criterion(outputs, labels)
        loss.backward()
        optimizer.step()
        running_loss += loss.item() * len(labels)
        correct += (outputs.argmax(1) == labels).sum().item()
        total += len(labels)
    return running_loss / total
