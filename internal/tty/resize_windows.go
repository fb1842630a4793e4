package tty

import (
	"context"
	"time"
)

// sizePoll is how often a console is asked for its size. No signal tells of a new one, and
// the record that does is only for whoever reads its keys.
const sizePoll = 250 * time.Millisecond

// FollowSize calls changed whenever the console behind a stream has another size, and once
// at the beginning, until ctx ends.
func FollowSize(ctx context.Context, stream any, changed func()) {
	changed()
	if !IsTerminal(stream) {
		return
	}
	columns, rows := Size(stream)
	tick := time.NewTicker(sizePoll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if c, r := Size(stream); c != columns || r != rows {
			columns, rows = c, r
			changed()
		}
	}
}
