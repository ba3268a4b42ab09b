"""Tags of the vendor's templates."""
