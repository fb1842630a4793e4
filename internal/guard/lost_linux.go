package guard

import (
	"context"
	"os"
	"syscall"
)

func lost(ctx context.Context) error {
	syscall.SetNonblock(lifeline, true) // so that Close ends a Read
	life := os.NewFile(lifeline, "guard pipe")
	defer life.Close()
	defer context.AfterFunc(ctx, func() { life.Close() })()
	life.Read(make([]byte, 1)) // nobody writes
	return ctx.Err()
}
