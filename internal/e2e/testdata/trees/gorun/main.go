// Command gorun is a server for `go run`, in the words of ../serve.py.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

func main() {
	http.HandleFunc("GET /tree", say)
	http.HandleFunc("GET /tree/slow", func(w http.ResponseWriter, r *http.Request) {
		<-time.After(30 * time.Millisecond)
		say(w, r)
	})
	http.HandleFunc("POST /echo/tree", say)
	l, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("tree listens on", os.Getenv("PORT"))
	fmt.Println(http.Serve(l, nil))
}

func say(w http.ResponseWriter, r *http.Request) {
	sum := sha256.New()
	n, err := io.Copy(sum, r.Body)
	if err != nil {
		return
	}
	json.NewEncoder(w).Encode(map[string]any{"role": "tree", "version": "first", "bytes": n, "sha256": hex.EncodeToString(sum.Sum(nil))})
}
