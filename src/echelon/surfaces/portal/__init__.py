"""What partners see: their own company and nobody else."""
