"""`snakemake --lint`, less the advice that is not followed here, each with its reason."""

import re
import subprocess
import sys

NOT_FOLLOWED = {
    # One locked environment serves all rules (requirements/).
    "Specify a conda environment or container for each rule.:",
    # On purpose: params are tracked. Results that are there stay valid when the next run is sent to
    # another device, and another mirror must not fetch a file again.
    "Shell command directly uses variable config from outside of the rule:",
}

done = subprocess.run(
    [sys.executable, "-m", "snakemake", "--lint"],
    stdout=subprocess.PIPE,
    stderr=subprocess.STDOUT,
    text=True,
)
lints = re.findall(r"^ {4}\* (.*)$", done.stdout, re.M)
if done.returncode and not lints:
    sys.exit(done.stdout)  # the workflow itself is broken
left = sorted(set(lints) - NOT_FOLLOWED)
sys.exit("\n".join(left) if left else 0)
