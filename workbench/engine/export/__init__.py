"""A flow as something that a container runtime can run: image, compose file, Kubernetes manifests, control server."""
