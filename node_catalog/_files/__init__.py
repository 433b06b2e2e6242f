"""What nodes share that read or write files, wherever these lie: on a disk, in a bucket, on a drive."""
