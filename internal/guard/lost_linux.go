package guard

import (
	"context"
	"os"
	"syscall"
)

// Lost returns nil when the guard of this process, which must be Guarded, has
// ended, and ctx's error when that ends before. It is called once.
func Lost(ctx context.Context) error {
	syscall.CloseOnExec(lifeline)
	syscall.SetNonblock(lifeline, true) // so that Close ends a Read
	life := os.NewFile(lifeline, "guard pipe")
	defer life.Close()
	defer context.AfterFunc(ctx, func() { life.Close() })()
	life.Read(make([]byte, 1)) // nobody writes
	return ctx.Err()
}
