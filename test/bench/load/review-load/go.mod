module review-load

go 1.19
