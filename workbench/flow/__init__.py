"""What a pipeline is: nodes, graph, findings, and the plain Pathway script made from it."""
