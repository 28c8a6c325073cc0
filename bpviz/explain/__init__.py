"""Why a weight changes: the chain rule, the six stages and the update, as data; no Qt."""
