//go:build unix

package tty

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// FollowSize calls changed whenever the terminal behind a stream may have another size,
// and once at the beginning, until ctx ends.
func FollowSize(ctx context.Context, _ any, changed func()) {
	resized := make(chan os.Signal, 1)
	signal.Notify(resized, syscall.SIGWINCH)
	defer signal.Stop(resized)
	for {
		changed() // at first as well: it may have changed before anybody listened
		select {
		case <-ctx.Done():
			return
		case <-resized:
		}
	}
}
