// Package port answers who has a TCP port of this machine: whether it is free
// on every loopback and wildcard address of both families, which process
// listens on it, and which free one to take.
//
// A port counts as free only when nothing listens on any of 127.0.0.1, ::1,
// 0.0.0.0 and ::, because `localhost` resolves to either family and a server
// may bind either. Connections in TIME_WAIT do not count. Nothing here keeps a
// port or a goroutine.
package port
