"""`convstudy check-layer`: all layers pass, and a faulty one is found and written down."""

import json

import pytest
import torch
from torch import nn

from convstudy import cli
from convstudy.errors import StudyError
from convstudy.evaluation.check_layer import check_layer, main, make
from convstudy.evaluation.layer_references import REFERENCES
from convstudy.layers.channel_attention import ChannelAttention
from convstudy.layers.gated_conv2d import GatedConv2d
from convstudy.layers.l2_pool2d import L2Pool2d
from convstudy.layers.swish import Swish

COSTS = {  # output shape, parameters, MACs
    "swish": ([3, 12, 12], 0, 0),
    "channel_attention": ([8, 12, 12], 2 * 8 * 2, 2 * 8 * 2),
    "gated_conv2d": ([4, 12, 12], 8 * (3 * 9 + 1), 8 * 3 * 9 * 12 * 12),
    "l2_pool2d": ([3, 6, 6], 0, 0),
}
EVERYWHERE = {
    "formula in double precision",
    "formula in single precision",
    "gradients in double precision",
    "odd and small sizes",
    "channels_last input",
    "empty batch",
    "zero and large inputs",
}


def failed(name):
    """{check: its line} of the checks that a layer fails."""
    result = check_layer(name)
    lines = {line["check"]: line for line in result["checks"] if not line["passed"]}
    assert result["passed"] is (not lines)
    json.dumps(result, allow_nan=False)
    return lines


@pytest.mark.parametrize("name", REFERENCES)
def test_every_layer_passes_every_check(name, tmp_path):
    main(["--layer", name, "--output", str(tmp_path / "layers" / f"{name}.json")])
    result = json.loads((tmp_path / "layers" / f"{name}.json").read_text(encoding="utf-8"))
    reference = REFERENCES[name]
    described = [result[key] for key in ("layer", "title", "formula", "source")]
    assert described == [name, reference.title, reference.formula, reference.source]
    assert result["input_shape"] == [reference.channels, 12, 12]
    assert (result["output_shape"], result["parameters"], result["macs"]) == COSTS[name]
    assert [line for line in result["checks"] if not line["passed"]] == []
    assert result["passed"] is True
    library = {"PyTorch's own function"} if name == "swish" else set()
    assert {line["check"] for line in result["checks"]} == EVERYWHERE | library
    for line in result["checks"]:
        assert set(line) == {"check", "passed", "detail", "value", "limit"}
        assert (line["value"] is None) is (line["limit"] is None)
        assert line["value"] is None or line["value"] <= line["limit"]


@pytest.mark.parametrize("name", REFERENCES)
def test_the_result_depends_on_nothing_but_the_layer(name):
    torch.manual_seed(1)
    first = check_layer(name)
    state = torch.get_rng_state()
    torch.manual_seed(2)
    assert check_layer(name) == first
    torch.manual_seed(1)
    assert torch.equal(torch.get_rng_state(), state), "the checks drew from the global generator"


def test_weights_are_not_near_values_that_hide_a_fault():
    for layer in map(make, REFERENCES):
        for value in layer.parameters():
            assert value.dtype == torch.float64
            assert value.abs().max() > 0.05


def relu_left_out(self, maps):
    scales = torch.sigmoid(self.excite(self.squeeze(maps.mean((2, 3)))))
    return maps * scales[:, :, None, None]


def halves_swapped(self, maps):
    gates, values = self.convolution(maps).chunk(2, dim=1)
    return values * torch.sigmoid(gates)


FAULTY = {
    "Swish by 1.001": (Swish, lambda self, x: 1.001 * x * torch.sigmoid(x)),
    "hard swish": (Swish, lambda self, x: nn.functional.hardswish(x)),
    "attention without ReLU": (ChannelAttention, relu_left_out),
    "gate with the wrong half": (GatedConv2d, halves_swapped),
    "mean in place of root mean square": (
        L2Pool2d,
        lambda self, x: nn.functional.avg_pool2d(x.abs(), 2),
    ),
    "sum in place of mean": (
        L2Pool2d,
        lambda self, x: torch.sqrt(4 * nn.functional.avg_pool2d(x.square(), 2) + 1e-6),
    ),
}
MODULES = {
    Swish: "swish",
    ChannelAttention: "channel_attention",
    GatedConv2d: "gated_conv2d",
    L2Pool2d: "l2_pool2d",
}


@pytest.mark.parametrize("fault", FAULTY)
def test_a_wrong_formula_fails(fault, monkeypatch):
    layer, forward = FAULTY[fault]
    monkeypatch.setattr(layer, "forward", forward)
    lines = failed(MODULES[layer])
    for check in ("formula in double precision", "formula in single precision"):
        assert lines[check]["value"] > lines[check]["limit"]
    assert "gradients in double precision" not in lines  # a right gradient of a wrong formula


def test_a_wrong_gradient_fails_and_its_message_is_one_line(monkeypatch):
    def forward(self, x):
        return x * torch.sigmoid(x).detach()

    monkeypatch.setattr(Swish, "forward", forward)
    lines = failed("swish")
    assert set(lines) == {"gradients in double precision"}
    detail = lines["gradients in double precision"]["detail"]
    assert detail.startswith("GradcheckError: Jacobian mismatch")
    assert "\n" not in detail


def test_without_the_epsilon_zeros_fail(monkeypatch):
    def forward(self, x):
        return torch.sqrt(nn.functional.avg_pool2d(x.square(), 2))

    monkeypatch.setattr(L2Pool2d, "forward", forward)
    line = failed("l2_pool2d")["zero and large inputs"]
    assert line["detail"] == "values or gradients are not finite at inputs of size 0"


def test_values_that_are_not_finite_fail_and_stay_json(monkeypatch):
    monkeypatch.setattr(Swish, "forward", lambda self, x: x * float("nan"))
    line = failed("swish")["formula in double precision"]
    assert (line["value"], line["detail"]) == (None, "largest difference: not a finite number")


def test_odd_sizes_that_are_rounded_up_fail(monkeypatch):
    def forward(self, x):
        return torch.sqrt(nn.functional.avg_pool2d(x.square(), 2, ceil_mode=True) + 1e-6)

    monkeypatch.setattr(L2Pool2d, "forward", forward)
    lines = failed("l2_pool2d")
    assert set(lines) == {"odd and small sizes"}
    assert lines["odd and small sizes"]["detail"] == "shape [2, 3, 5, 4] in place of [2, 3, 4, 3]"


def test_a_precision_that_is_not_kept_fails(monkeypatch):
    original = Swish.forward
    monkeypatch.setattr(Swish, "forward", lambda self, x: original(self, x.double()))
    lines = failed("swish")
    assert lines["formula in single precision"]["detail"] == "float32 in, float64 out"


def test_a_memory_format_that_is_lost_is_said_but_no_failure(monkeypatch):
    original = Swish.forward
    monkeypatch.setattr(Swish, "forward", lambda self, x: original(self, x).contiguous())
    result = check_layer("swish")
    (line,) = [line for line in result["checks"] if line["check"] == "channels_last input"]
    assert line["passed"]
    assert line["detail"] == "same values, format not kept"


def test_an_answer_that_depends_on_the_memory_format_fails(monkeypatch):
    def forward(self, x):  # reads the storage in the order in which it lies
        flat = x.as_strided((x.numel(),), (1,))
        return (flat * torch.sigmoid(flat)).reshape(x.shape)

    monkeypatch.setattr(Swish, "forward", forward)
    assert "channels_last input" in failed("swish")


def test_exceptions_are_recorded_and_hide_no_other_check(monkeypatch):
    original = Swish.forward

    def forward(self, x):
        if not len(x):
            raise RuntimeError("no images\nand a second line")
        return original(self, x)

    monkeypatch.setattr(Swish, "forward", forward)
    lines = failed("swish")
    assert set(lines) == {"empty batch"}
    assert lines["empty batch"]["detail"] == "RuntimeError: no images"


def test_a_layer_that_cannot_be_called_fails_everything(monkeypatch):
    monkeypatch.delattr(Swish, "forward")
    result = check_layer("swish")
    assert not any(line["passed"] for line in result["checks"])
    assert (result["output_shape"], result["macs"], result["parameters"]) == (None, None, 0)
    assert result["passed"] is False


def test_a_failed_check_is_a_result_and_not_a_failure_of_the_command(monkeypatch, tmp_path, caplog):
    monkeypatch.setattr(Swish, "forward", lambda self, x: 2 * x)
    caplog.set_level("INFO")
    main(["--layer", "swish", "--output", str(tmp_path / "swish.json")])
    assert json.loads((tmp_path / "swish.json").read_text(encoding="utf-8"))["passed"] is False
    assert "formula in double precision: FAILED" in caplog.text


def test_an_unknown_layer_is_a_fault_that_names_the_known_ones(tmp_path, capsys):
    known = "swish, channel_attention, gated_conv2d, l2_pool2d"
    with pytest.raises(StudyError) as caught:
        check_layer("swoosh")
    assert str(caught.value) == f"layer: no layer is named 'swoosh'; known: {known}."
    output = tmp_path / "swoosh.json"
    with pytest.raises(SystemExit, match="1"):
        cli.main(["check-layer", "--layer", "swoosh", "--output", str(output)])
    assert "no layer is named 'swoosh'" in capsys.readouterr().err
    assert not output.exists()
