package logmux

import "time"

const (
	ringBytes  = 1 << 20  // text kept per service at most; a power of two
	ringStart  = 16 << 10 // what a ring begins with, for a quiet service is to cost little
	entryStart = 256
)

// A source is a stream as memory stores it.
type source uint8

const (
	fromStdout source = iota
	fromStderr
	fromDevgate
)

func sourceOf(stream string) source {
	if stream == Stderr {
		return fromStderr
	}
	return fromStdout
}

// String is the name of the stream, as in Line.Stream.
func (s source) String() string {
	return [...]string{Stdout, Stderr, Devgate}[s]
}

// An entry describes one line in a ring.
type entry struct {
	seq    uint64 // position among the lines of all services
	at     int64  // Unix time in nanoseconds
	offset uint32 // where its text starts, modulo 2^32
	packed uint32 // length of the text, source and flags: 24 bytes an entry instead of 32
}

// What is in entry.packed beside the length, which has the upper 28 bits. The
// source has the lower two.
const (
	flagContinued uint32 = 1 << (iota + 2)
	flagStyled
	lengthShift = 4
)

func (e entry) length() uint32 { return e.packed >> lengthShift }
func (e entry) source() source { return source(e.packed & 3) }

// A ring keeps the last lines of one service: their text in a circle of bytes,
// their places in a circle of entries. Both grow in steps to a fixed size, so
// that a line costs no allocation. Lines are numbered from 0 in order; those from
// first to next-1 are kept. The length of the text's circle is a power of two, as
// offsets count modulo 2^32; that of the entries is at most keep.
type ring struct {
	name    string
	keep    uint64 // lines at most
	text    []byte
	entries []entry
	first   uint64 // number of the oldest line kept
	next    uint64 // number of the next line
	tail    uint32 // offset of the oldest byte kept, modulo 2^32
	head    uint32 // offset of the next byte, modulo 2^32
}

func newRing(name string, keep int) *ring {
	return &ring{name: name, keep: uint64(keep)}
}

// add appends a line. Text longer than ringBytes is not possible: see maxPiece.
func (r *ring) add(e entry, text []byte) {
	for r.next-r.first >= r.keep || int(r.head-r.tail)+len(text) > ringBytes {
		r.evict()
	}
	r.grow(len(text))
	e.offset, e.packed = r.head, e.packed|uint32(len(text))<<lengthShift
	r.entries[r.place(r.next)] = e
	r.next++
	for len(text) > 0 {
		n := copy(r.text[int(r.head)&(len(r.text)-1):], text)
		text = text[n:]
		r.head += uint32(n)
	}
}

func (r *ring) evict() {
	r.tail += r.at(r.first).length()
	r.first++
}

// at returns the entry of a line that is kept.
func (r *ring) at(number uint64) entry {
	return r.entries[r.place(number)]
}

// place is where the entry of a line stands.
func (r *ring) place(number uint64) uint64 { return number % uint64(len(r.entries)) }

// grow makes room for one line with n bytes.
func (r *ring) grow(n int) {
	if size := enlarged(len(r.text), ringStart, int(r.head-r.tail)+n); size > len(r.text) {
		old := r.text
		r.text = make([]byte, size)
		for at := r.tail; at != r.head; at++ {
			r.text[int(at)&(size-1)] = old[int(at)&(len(old)-1)]
		}
	}
	if size := enlarged(len(r.entries), entryStart, int(r.next-r.first)+1); size > len(r.entries) {
		size = min(size, int(r.keep))
		grown := make([]entry, size)
		for i := r.first; i < r.next; i++ {
			grown[i%uint64(size)] = r.at(i)
		}
		r.entries = grown
	}
}

// enlarged returns size, or start where it is 0, times 8 until need fits. The steps
// are large because old circles are garbage, while fresh memory costs nothing until
// it is written to. The largest sizes are a start times powers of 8.
func enlarged(size, start, need int) int {
	size = max(size, start)
	for size < need {
		size *= 8
	}
	return size
}

// line returns a line that is kept.
func (r *ring) line(number uint64) Line {
	e := r.at(number)
	raw := r.appendText(nil, e)
	l := Line{
		At:        time.Unix(0, e.at),
		Service:   r.name,
		Stream:    e.source().String(),
		Styled:    string(raw),
		Continued: e.packed&flagContinued != 0,
		Number:    e.seq + 1,
	}
	l.Text = l.Styled
	if e.packed&flagStyled != 0 {
		l.Text = string(appendUnstyled(nil, raw))
	}
	return l
}

func (r *ring) appendText(dst []byte, e entry) []byte {
	from := int(e.offset) & (len(r.text) - 1)
	if to := from + int(e.length()); to <= len(r.text) {
		return append(dst, r.text[from:to]...)
	}
	dst = append(dst, r.text[from:]...)
	return append(dst, r.text[:int(e.length())-(len(r.text)-from)]...)
}
