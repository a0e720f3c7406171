package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/journal"
)

// record lets the writes of a comparison pass through a journal at path; "" means none.
func record(path string, c *comparison) error {
	if path == "" {
		return nil
	}
	file, err := journal.Open(path)
	if err != nil {
		return fmt.Errorf("--journal: %w", err)
	}
	j := journal.New(c.gateway.Caller, c.gateway.instanceID, file, time.Now)
	c.gateway.Caller = j
	end := c.close
	c.close = func() error {
		err := errors.Join(j.Err(), file.Close())
		if err != nil {
			err = fmt.Errorf("the journal is not complete: %w", err)
		}
		return errors.Join(end(), err)
	}
	return nil
}
