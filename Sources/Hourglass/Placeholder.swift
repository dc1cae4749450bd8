// Hourglass
