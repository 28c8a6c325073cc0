"""The explainer's views: typeset maths, formulas that light up, the stages."""
