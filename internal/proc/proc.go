package proc

// MarkVariable is set in the environment of every process that a run has started,
// to its mark. It finds what has left its parents, its group and its session.
const MarkVariable = "DEVGATE_RUN"

// ID names one process for good: numbers are used again, pairs of number and
// start time are not before the next boot.
type ID struct {
	PID   int    `json:"pid"`
	Start uint64 `json:"start"` // since boot or epoch, in the system's own unit
}

// Alive reports whether the process is still there and not a zombie.
func (id ID) Alive() bool {
	now, ok := Identify(id.PID)
	return ok && now == id
}
