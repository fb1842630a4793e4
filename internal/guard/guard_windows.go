package guard

import (
	"context"
	"errors"
	"os"
)

// Name is what no process is called: one is enough where the kernel ends all that is in
// a job, however the process ends that has made it.
const Name = "devgate: manager"

// Link is nil: no process here has a guard.
type Link struct{}

// Connect returns nil.
func Connect() *Link { return nil }

// Open is an error.
func (l *Link) Open(string, ...string) error { return errors.New("open: this process has no guard") }

// Lost returns ctx's error when that ends.
func (l *Link) Lost(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// Heeded is all: no signal is ignored here by whoever starts a process.
func Heeded(all ...os.Signal) []os.Signal { return all }
