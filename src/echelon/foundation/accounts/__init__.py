"""Who signs in: users, sign-in, invitations."""
