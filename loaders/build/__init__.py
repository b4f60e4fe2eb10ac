"""A folder of documents becomes a store: converted, versioned, published as a snapshot; watched, and told of."""
