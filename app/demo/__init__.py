"""How is an empty database filled with a believable organisation, the same for the same seed?"""
