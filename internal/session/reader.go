package session

import (
	"context"
	"io"
	"os"
)

// readerPoll is how often the reader of a quiet output is looked for, in ms.
const readerPoll = 250

// watchReader ends the session when the reader of its output has gone, also
// while there is nothing to write (`devgate up | head -1`).
// Each wait ends by itself, so no write to a pipe of its own is needed to end it.
func watchReader(ctx context.Context, out io.Writer, end func(error)) error {
	file, ok := out.(*os.File)
	if !ok || !isPipe(file) {
		return nil
	}
	for ctx.Err() == nil {
		if awaitNoReader(file) {
			end(ErrOutputClosed)
			return nil
		}
	}
	return nil
}

func isPipe(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&(os.ModeNamedPipe|os.ModeSocket) != 0
}
