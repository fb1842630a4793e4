package proc

// Wrote is how many bytes processes have written; the kernel does not tell what
// goes elsewhere than to a disk, so that it is not known.
func Wrote([]int) (bytes uint64, known bool) { return 0, false }
