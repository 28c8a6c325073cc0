"""The samples as a table, a scatter plot and a histogram: select in one, see it in all."""
