"""Figures of the report: one module per kind, each run by hand or by a rule.

Only matplotlib is used, without pyplot: seaborn adds seconds of imports to every figure's job and
draws nothing here that matplotlib does not.
"""
