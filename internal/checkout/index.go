package checkout

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"devgate/internal/shared"
)

// Tracks reports whether Git tracks a file of this checkout; rel is its path from Top,
// with slashes. Where the index cannot be understood it does: who asks wants to know what he may
// take for a private file.
func (c Checkout) Tracks(rel string) bool {
	for _, hashSize := range []int{sha1Size, sha256Size} {
		switch tracked, err := tracks(c.gitDir, "index", hashSize, rel); {
		case err == nil:
			return tracked
		case errors.Is(err, fs.ErrNotExist):
			return false // nothing was added yet
		}
	}
	return true
}

// How many bytes the name of an object has. The index does not say which it is: with the
// wrong one the lengths of names in it do not fit.
const sha1Size, sha256Size = 20, 32

// errIndex is an index that is not as it should be, or that is newer than this reader.
var errIndex = errors.New("this is no index")

// tracks looks for a path in an index, and in the one that it may share with others.
func tracks(gitDir, name string, hashSize int, rel string) (bool, error) {
	raw, err := shared.ReadFile(filepath.Join(gitDir, name))
	if err != nil {
		return false, err
	}
	r := &indexReader{rest: raw, hashSize: hashSize, rel: rel}
	if err := r.entries(); err != nil || r.found {
		return r.found, err
	}
	shared, err := r.shared()
	if err != nil || shared == "" {
		return false, err
	}
	return tracks(gitDir, "sharedindex."+shared, hashSize, rel)
}

// indexReader goes through an index; see gitformat-index(5).
type indexReader struct {
	rest     []byte // not read yet
	hashSize int
	rel      string // what is looked for
	version  uint32
	path     []byte // of the entry before
	found    bool
}

// take is the next n bytes, or nil.
func (r *indexReader) take(n int) []byte {
	if n > len(r.rest) {
		return nil
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

// statSize is what comes before the hash in an entry: times, device, owner, size.
const statSize = 40

// entries reads all of them.
func (r *indexReader) entries() error {
	head := r.take(12)
	if head == nil || string(head[:4]) != "DIRC" {
		return errIndex
	}
	r.version = binary.BigEndian.Uint32(head[4:])
	if r.version < 2 || r.version > 4 {
		return errIndex
	}
	for range binary.BigEndian.Uint32(head[8:]) {
		if err := r.entry(); err != nil {
			return err
		}
	}
	return nil
}

// entry reads one, and compares its path.
func (r *indexReader) entry() error {
	before := len(r.rest)
	fixed := r.take(statSize + r.hashSize + 2)
	if fixed == nil {
		return errIndex
	}
	flags := binary.BigEndian.Uint16(fixed[len(fixed)-2:])
	if flags&extended != 0 && r.take(2) == nil {
		return errIndex
	}
	if err := r.name(); err != nil {
		return err
	}
	if n := int(flags & nameLength); n != nameLength && n != len(r.path) {
		return errIndex
	}
	if r.version < 4 && r.take(padding(before-len(r.rest))) == nil {
		return errIndex
	}
	r.compare()
	return nil
}

// The flags of an entry: there are more of them; how long its path is, unless it is longer
// than that can say.
const extended, nameLength = 0x4000, 0xFFF

// padding is how many more zeros follow a path and its end, so that entries have lengths that
// eight divides.
func padding(read int) int { return (8 - read%8) % 8 }

// name reads a path up to its zero. From version 4 on it begins as the one before.
func (r *indexReader) name() error {
	kept := 0
	if r.version == 4 {
		dropped, n := indexVarint(r.rest)
		if n == 0 || dropped > len(r.path) {
			return errIndex
		}
		kept = len(r.path) - dropped
		r.take(n)
	}
	end := bytes.IndexByte(r.rest, 0)
	if end < 0 {
		return errIndex
	}
	r.path = append(r.path[:kept], r.take(end + 1)[:end]...)
	return nil
}

// indexVarint reads a number as Git packs it, and returns how many bytes it has; 0: none.
func indexVarint(b []byte) (value, n int) {
	for n < len(b) && n < 5 {
		value = value<<7 | int(b[n]&0x7F)
		n++
		if b[n-1]&0x80 == 0 {
			return value, n
		}
		value++
	}
	return 0, 0
}

// compare looks whether the entry is what is looked for. One that ends in a slash is a
// whole folder, of which this checkout has nothing (git sparse-checkout).
func (r *indexReader) compare() {
	path := string(r.path)
	if path == r.rel || strings.HasSuffix(path, "/") && strings.HasPrefix(r.rel, path) {
		r.found = true
	}
}

// shared is the name of the index on which this one builds (core.splitIndex), or "".
func (r *indexReader) shared() (string, error) {
	for len(r.rest) > r.hashSize {
		head := r.take(8)
		if head == nil {
			return "", errIndex
		}
		content := r.take(int(binary.BigEndian.Uint32(head[4:])))
		if content == nil {
			return "", errIndex
		}
		if string(head[:4]) != "link" {
			continue
		}
		if len(content) < r.hashSize {
			return "", errIndex
		}
		base := content[:r.hashSize]
		if len(bytes.Trim(base, "\x00")) == 0 {
			return "", nil
		}
		return hex.EncodeToString(base), nil
	}
	return "", nil
}
