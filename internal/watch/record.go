package watch

import (
	"encoding/binary"
	"unicode/utf16"
)

// record is one thing that Windows tells of a name below a folder.
type record struct {
	action uint32
	name   string // from the folder on, with \
}

// What has happened to a name (FILE_ACTION_…).
const (
	actionAdded    = 1
	actionRemoved  = 2
	actionModified = 3
	actionOldName  = 4
	actionNewName  = 5
)

// recordHead is the length of what stands before a name: the distance to the next
// record, the action, the length of the name in bytes.
const recordHead = 12

// readAnswer reads an answer of the system, and says whether things have happened that are
// not in it: it was too many for the system (an answer without a record), or makes no sense.
func readAnswer(answer []byte) (all []record, lost bool) {
	all, ok := records(answer)
	return all, !ok
}

// records reads what the system has written into a buffer (FILE_NOTIFY_INFORMATION). It is
// false where that makes no sense: then what has happened is not known.
func records(buffer []byte) (all []record, ok bool) {
	for {
		if len(buffer) < recordHead {
			return all, false
		}
		next := uint64(binary.LittleEndian.Uint32(buffer))
		length := uint64(binary.LittleEndian.Uint32(buffer[8:]))
		if length%2 != 0 || length > uint64(len(buffer)-recordHead) {
			return all, false
		}
		name := make([]uint16, length/2)
		for i := range name {
			name[i] = binary.LittleEndian.Uint16(buffer[recordHead+2*i:])
		}
		all = append(all, record{binary.LittleEndian.Uint32(buffer[4:]), string(utf16.Decode(name))})
		if next == 0 {
			return all, true
		}
		// Records do not overlap; so each step leads on, and there is an end.
		if next < recordHead+length || next > uint64(len(buffer)) {
			return all, false
		}
		buffer = buffer[next:]
	}
}
