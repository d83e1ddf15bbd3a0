// An S3 server that forgets everything when it ends: rclone's gofakes3 over memory. It checks signatures (version 4).
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"

	"github.com/rclone/gofakes3"
	"github.com/rclone/gofakes3/s3mem"
)

// s3 ACCESS_KEY SECRET_KEY BUCKET
func main() {
	backend := s3mem.New()
	if err := backend.CreateBucket(context.Background(), os.Args[3]); err != nil {
		fail(err)
	}
	server := gofakes3.New(backend, gofakes3.WithV4Auth(map[string]string{os.Args[1]: os.Args[2]}))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fail(err)
	}
	fmt.Printf("listening on http://%s\n", listener.Addr())
	fail(http.Serve(listener, server.Server()))
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
