package split

// launch is what a command would start that only starts others.
type launch struct {
	flows []Flow
	apart bool // each is a service of its own, whatever stands around the launcher
	first bool // only the first flow that leads anywhere counts
}
