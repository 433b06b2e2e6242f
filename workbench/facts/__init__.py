"""What is known: the frozen values that rooms hand to each other. Nothing here reads, writes or decides."""
