package control

import (
	"crypto/sha256"
	"encoding/hex"
)

// keyOf is a name of fixed length for a project.
func keyOf(root string) string {
	// Eight bytes of the hash: enough for the projects of one user.
	sum := sha256.Sum256([]byte(root))
	return hex.EncodeToString(sum[:8])
}
