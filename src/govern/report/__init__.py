"""What people read of a decision: one view model, and the renderers that lay it out."""
