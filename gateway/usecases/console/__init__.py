"""What the support console shows and does: read models that are masked before they leave, and actions."""
