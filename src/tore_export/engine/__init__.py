"""How a plan is carried out: in this process, or on Ray; the same stages, the same bytes."""
