"""How a team shares what it brought in 团队分润: the schemes, each a pure function of a deal and of its own parameters.

Source of the schemes, their formulas and their golden numbers: design/domain.md section 4.
"""
