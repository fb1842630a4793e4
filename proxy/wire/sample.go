package wire

// Sample is the beginning of a body, copied as it passes by, and how much of the
// body has passed. Nothing of it is memory that is used again. The zero Sample
// copies nothing, and counts.
type Sample struct {
	Bytes []byte // the beginning of what has passed
	Size  int64  // bytes that have passed
	Whole bool   // the body has ended as it should

	max    int   // bytes to copy
	length int64 // of the body; -1: not known
	from   *Allowance
	taken  int  // of it
	short  bool // something is missing behind Bytes
}

// NewSample is a sample of a body of that length (-1: not known) that copies max
// bytes, as far as from allows.
func NewSample(max int, length int64, from *Allowance) Sample {
	return Sample{max: max, length: length, from: from}
}

// Cost is what the sample has taken of its Allowance. Whoever has no more use for
// Bytes gives it back.
func (s *Sample) Cost() int { return s.taken }

// Wants is how many of the next bytes are to be copied.
func (s *Sample) Wants() int {
	if s.short {
		return 0
	}
	return s.max - len(s.Bytes)
}

// Add takes in what has passed.
func (s *Sample) Add(p []byte) {
	s.Size += int64(len(p))
	p = p[:min(len(p), s.Wants())]
	if len(p) == 0 {
		return
	}
	if len(s.Bytes)+len(p) > cap(s.Bytes) && !s.grow(len(s.Bytes)+len(p)) {
		s.short = true // a gap in the middle would be no beginning
		return
	}
	s.Bytes = append(s.Bytes, p...)
}

// Skip counts bytes that have passed unseen.
func (s *Sample) Skip(n int64) {
	s.Size += n
	s.short = s.short || n > 0 // what follows is no beginning
}

// grow makes room for n bytes, or for all of the body where its length is known.
func (s *Sample) grow(n int) bool {
	n = max(n, 2*cap(s.Bytes))
	if s.length > 0 {
		n = max(n, int(min(int64(s.max), s.length)))
	}
	n = min(n, s.max)
	more := n - cap(s.Bytes)
	if s.from == nil || !s.from.Take(more) {
		return false
	}
	s.taken += more
	s.Bytes = append(make([]byte, 0, n), s.Bytes...)
	return true
}
