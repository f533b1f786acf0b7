"""`convstudy check-layer`: all layers pass, and a faulty one is found and written down."""

import json

import pytest
import torch
from torch import nn

from convstudy import cli
from convstudy.errors import StudyError
from convstudy.evaluation.check_layer import check, main
from convstudy.evaluation.layer_references import CASES
from convstudy.layers.channel_attention import ChannelAttention
from convstudy.layers.gated_conv2d import GatedConv2d
from convstudy.layers.l2_pool2d import L2Pool2d
from convstudy.layers.swish import Swish

# For maps of 64×32×32: output shape, parameters, MACs.
COSTS = {
    "swish": ([64, 32, 32], 0, 0),
    "channel_attention": ([64, 32, 32], 2 * 64 * 16, 2 * 64 * 16),
    "gated_conv2d": ([32, 32, 32], 64 * (64 * 9 + 1), 64 * 64 * 9 * 32 * 32),
    "l2_pool2d": ([64, 16, 16], 0, 0),
}
CHECKS = {
    "reference, float64",
    "reference, float32",
    "large values",
    "gradcheck, float64",
    "gradients at zero",
    "output shapes",
    "odd sizes",
    "channels_last",
    "empty batch",
    "cost",
}


def failed(name):
    """{check: its line} of the checks that a layer fails."""
    result = check(name)
    lines = {line["check"]: line for line in result["checks"] if not line["passed"]}
    assert result["passed"] is (not lines)
    json.dumps(result, allow_nan=False)
    return lines


@pytest.mark.parametrize("name", CASES)
def test_every_layer_passes_every_check(name, tmp_path):
    main(["--layer", name, "--output", str(tmp_path / "layers" / f"{name}.json")])
    result = json.loads((tmp_path / "layers" / f"{name}.json").read_text(encoding="utf-8"))
    case = CASES[name]
    described = [result[key] for key in ("layer", "title", "formula", "source")]
    assert described == [name, case.title, case.formula, case.source]
    assert result["input_shape"] == [64, 32, 32]
    assert (result["output_shape"], result["parameters"], result["macs"]) == COSTS[name]
    assert [line for line in result["checks"] if not line["passed"]] == []
    assert result["passed"] is True
    library = {f"SiLU of PyTorch, {dtype}" for dtype in ("float64", "float32")}
    wanted = CHECKS | library if name == "swish" else CHECKS
    assert {line["check"] for line in result["checks"]} == wanted
    for line in result["checks"]:
        assert set(line) == {"check", "passed", "detail", "value", "limit"}
        assert (line["value"] is None) is (line["limit"] is None)
        assert line["value"] is None or line["value"] <= line["limit"]


@pytest.mark.parametrize("name", CASES)
def test_the_result_depends_on_nothing_but_the_layer(name):
    torch.manual_seed(1)
    first = check(name)
    state = torch.get_rng_state()
    torch.manual_seed(2)
    assert check(name) == first
    torch.manual_seed(1)
    assert torch.equal(torch.get_rng_state(), state), "the checks drew from the global generator"


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
    for line in (lines["reference, float64"], lines["reference, float32"]):
        assert line["value"] > line["limit"]
    assert "gradcheck, float64" not in lines  # a right gradient of a wrong formula


def test_a_wrong_gradient_fails_and_its_message_is_one_line(monkeypatch):
    def forward(self, x):
        return x * torch.sigmoid(x).detach()

    monkeypatch.setattr(Swish, "forward", forward)
    lines = failed("swish")
    assert set(lines) == {"gradcheck, float64"}
    detail = lines["gradcheck, float64"]["detail"]
    assert detail.startswith("GradcheckError: Jacobian mismatch")
    assert "\n" not in detail


def test_without_the_epsilon_zeros_fail(monkeypatch):
    def forward(self, x):
        return torch.sqrt(nn.functional.avg_pool2d(x.square(), 2))

    monkeypatch.setattr(L2Pool2d, "forward", forward)
    line = failed("l2_pool2d")["gradients at zero"]
    assert line["detail"] == "derivatives at an input of zeros are not finite"


def test_values_that_are_not_finite_fail_and_stay_json(monkeypatch):
    monkeypatch.setattr(Swish, "forward", lambda self, x: x * float("nan"))
    line = failed("swish")["reference, float64"]
    assert line["value"] is None
    assert line["detail"].endswith("; the layer gives values that are not finite")


def test_odd_sizes_that_are_rounded_up_fail(monkeypatch):
    def forward(self, x):
        return torch.sqrt(nn.functional.avg_pool2d(x.square(), 2, ceil_mode=True) + 1e-6)

    monkeypatch.setattr(L2Pool2d, "forward", forward)
    lines = failed("l2_pool2d")
    assert "output shapes" not in lines
    assert "2×8×7×5 → 2×8×4×3 instead of 2×8×3×2" in lines["odd sizes"]["detail"]
    assert lines["reference, float64"]["detail"] == "ValueError: gives 2×8×4×3, not 2×8×3×2"


def test_a_precision_that_is_not_kept_fails(monkeypatch):
    original = Swish.forward
    monkeypatch.setattr(Swish, "forward", lambda self, x: original(self, x.double()))
    lines = failed("swish")
    assert lines["reference, float32"]["detail"] == "ValueError: gives float64 for float32"


def test_a_memory_format_that_is_lost_is_said_but_no_failure(monkeypatch):
    original = Swish.forward
    monkeypatch.setattr(Swish, "forward", lambda self, x: original(self, x).contiguous())
    result = check("swish")
    (line,) = [line for line in result["checks"] if line["check"] == "channels_last"]
    assert line["passed"]
    assert line["detail"] == "same values; memory format not kept"


def test_an_answer_that_depends_on_the_memory_format_fails(monkeypatch):
    def forward(self, x):  # reads the storage in the order in which it lies
        flat = x.as_strided((x.numel(),), (1,))
        return (flat * torch.sigmoid(flat)).reshape(x.shape)

    monkeypatch.setattr(Swish, "forward", forward)
    assert "channels_last" in failed("swish")


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
    result = check("swish")
    assert not any(line["passed"] for line in result["checks"])
    assert (result["macs"], result["parameters"]) == (None, None)
    assert result["passed"] is False


def test_a_failed_check_is_a_result_and_not_a_failure_of_the_command(monkeypatch, tmp_path, caplog):
    monkeypatch.setattr(Swish, "forward", lambda self, x: 2 * x)
    caplog.set_level("INFO")
    main(["--layer", "swish", "--output", str(tmp_path / "swish.json")])
    assert json.loads((tmp_path / "swish.json").read_text(encoding="utf-8"))["passed"] is False
    assert "reference, float64: FAILED" in caplog.text


def test_an_unknown_layer_is_a_fault_and_leaves_no_file(tmp_path, capsys):
    output = tmp_path / "swoosh.json"
    with pytest.raises(StudyError, match=r"^layer: there is no layer 'swoosh'; did you mean"):
        main(["--layer", "swoosh", "--output", str(output)])
    with pytest.raises(SystemExit, match="1"):
        cli.main(["check-layer", "--layer", "swoosh", "--output", str(output)])
    assert "there is no layer 'swoosh'" in capsys.readouterr().err
    assert not output.exists()
