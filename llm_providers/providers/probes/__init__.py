"""What is asked of each of the seven providers; sections 3, 6 and 8 of the provider facts in code."""
