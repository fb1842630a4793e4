package envfile

import "strconv"

// Error is one thing that is wrong in an env file, in words that give no value
// away.
type Error struct {
	Line   int    // 1-based
	Column int    // 1-based, in runes
	Msg    string // lowercase, no full stop
	Hint   string // what to do about it
}

// Error returns the place and the message.
func (e *Error) Error() string {
	return strconv.Itoa(e.Line) + ":" + strconv.Itoa(e.Column) + ": " + e.Msg
}
