package input

// Error is what is in the place of a file, in words for people.
type Error struct {
	Msg  string // lowercase, no full stop, without the file's name
	Hint string // what to do about it; "" when there is nothing to say
}

// Error returns Msg.
func (e *Error) Error() string { return e.Msg }

// What can be in the place of a file. They come in an fs.PathError.
var (
	ErrFolder   = &Error{"this is a folder (want a file)", ""}
	ErrDevice   = &Error{"this is a device (want a file)", ""}
	ErrSocket   = &Error{"this is a socket (want a file)", ""}
	ErrTooLarge = &Error{"larger than 1 MiB", "is this the right file?"}

	// ErrNoWriter: a pipe out of which nothing has come.
	ErrNoWriter = &Error{"this is a pipe, and nobody writes to it", "start or unlock what writes to it, and try again"}
	// ErrUnfinished: a pipe that was not closed in time by who writes to it.
	ErrUnfinished = &Error{"this is a pipe, and it does not come to an end", "what writes to it has to close it"}
	// ErrSilent: the system has not answered in time.
	ErrSilent = &Error{"no answer from its file system", "is it in a network folder that cannot be reached?"}
)
