package session

import "devgate/internal/control"

// actions is what a session shows and does for others: it joins the parts that
// answer. The control socket asks it on behalf of commands; whoever shows a
// session in another way asks the same.
type actions struct {
	*overview
	*waiter
	*commander
	*logReader
	*inspector
	*attacher
	down func()
}

// Down implements control.Actions.
func (a *actions) Down() { a.down() }

var _ control.Actions = (*actions)(nil)
