// Command api is the API behind a front end made with Next.
package main

import (
	"cmp"
	"encoding/json"
	"log"
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("GET /api/stock", stock)
	address := "localhost:" + cmp.Or(os.Getenv("PORT"), "8080")
	log.Print("listens on ", address)
	log.Fatal(http.ListenAndServe(address, nil))
}

func stock(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode([]string{"apples", "pears"})
}
