package watch

import (
	"encoding/binary"
	"slices"
	"testing"
	"unicode/utf16"
)

// written is a buffer as the system writes it: each record begins at a multiple of four.
func writtenRecords(all ...record) (buffer []byte) {
	for i, r := range all {
		name := utf16.Encode([]rune(r.name))
		one := make([]byte, recordHead, recordHead+2*len(name)+2)
		binary.LittleEndian.PutUint32(one[4:], r.action)
		binary.LittleEndian.PutUint32(one[8:], uint32(2*len(name)))
		for _, unit := range name {
			one = binary.LittleEndian.AppendUint16(one, unit)
		}
		for len(one)%4 != 0 && i < len(all)-1 {
			one = append(one, 0xff)
		}
		if i < len(all)-1 {
			binary.LittleEndian.PutUint32(one, uint32(len(one)))
		}
		buffer = append(buffer, one...)
	}
	return buffer
}

func TestRecords(t *testing.T) {
	want := []record{{actionOldName, `src\a.go`}, {actionNewName, `src\ä 😀.go`}, {actionModified, "b"}, {actionRemoved, ""}}
	if got, ok := records(writtenRecords(want...)); !ok || !slices.Equal(got, want) {
		t.Errorf("got %v, %v", got, ok)
	}
	if _, lost := readAnswer(writtenRecords(want...)); lost {
		t.Error("all is there, and something is lost")
	}
	whole := writtenRecords(want...)
	for name, broken := range map[string][]byte{
		"nothing":                nil,
		"half a head":            whole[:7],
		"a name that ends early": writtenRecords(record{1, "abc"})[:recordHead+4],
		"an odd length":          {0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 'a', 0},
		"a step into itself":     {4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		"a step out of it":       {200, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 'a', 0},
		"a name that is endless": {0, 0, 0, 0, 1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 'a', 0},
	} {
		if got, ok := records(broken); ok {
			t.Errorf("%s: %v", name, got)
		}
		if _, lost := readAnswer(broken); !lost {
			t.Errorf("%s: nothing is lost", name)
		}
	}
}

func FuzzRecords(f *testing.F) {
	f.Add(writtenRecords(record{actionAdded, `a\b`}, record{actionRemoved, "c"}))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, buffer []byte) {
		all, ok := records(buffer)
		if len(all)*recordHead > len(buffer) {
			t.Errorf("%d records in %d bytes", len(all), len(buffer))
		}
		if again, same := records(writtenRecords(all...)); ok && (!same || !slices.Equal(again, all)) {
			t.Errorf("%v is read as %v", all, again)
		}
	})
}
