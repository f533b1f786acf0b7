"""A study of every section that looks finished, for what is only asked of Snakemake."""

import pytest

from checkout import Checkout


@pytest.fixture(scope="session")
def pretended(tmp_path_factory):
    checkout = Checkout(tmp_path_factory.mktemp("pretended") / "here", "src")
    checkout.take_the_tour()
    checkout.pretend_to_be_finished("report.md", "report.html")
    return checkout


@pytest.fixture
def study(pretended, tmp_path):
    return pretended.moved_to(tmp_path / "elsewhere")
