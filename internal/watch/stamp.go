package watch

// stamps are the times of a file or folder, in ns; 0: it is gone, or the file
// system does not tell.
type stamps struct {
	written int64 // its content, or the names in it
	changed int64 // the same, its name, its mode
	born    int64
}
