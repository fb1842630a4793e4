// Package formats has those who own a format read what devgate export writes: the
// library of the Compose Specification, the types of Kubernetes and the schema of an
// HTTPRoute.
//
// It is a module of its own, so that devgate's has none of theirs. The e2e tests run
// it; alone:
//
//	go -C internal/e2e/formats test ./...
package formats
